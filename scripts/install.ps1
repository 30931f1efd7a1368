<#
.SYNOPSIS
  Installs sso-cred for the current user on Windows. Needs no administrator. Running it again updates.
.DESCRIPTION
  Without -From, the newest release is downloaded. The SHA-256 of the archive must stand in the file SHA256SUMS beside
  it, wherever it comes from. Nothing is replaced before the new executable has started once.
.PARAMETER From
  A file or an https address: sso-cred.exe, or a release archive (.zip).
.PARAMETER Version
  The release to download, like 0.2.0.
.PARAMETER Prefix
  The folder to install to. Default: %LOCALAPPDATA%\Programs\sso-cred.
.PARAMETER Uninstall
  Removes the executable and its entry in PATH, and nothing of yours.
#>
[CmdletBinding()]
param(
    [string]$From,
    [string]$Version,
    [string]$Prefix = (Join-Path $env:LOCALAPPDATA 'Programs\sso-cred'),
    [switch]$Uninstall
)

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'

$Releases = 'https://github.com/sso-cred/sso-cred/releases'
# .NET and PATH know nothing of PowerShell's current folder.
$Prefix = $PSCmdlet.GetUnresolvedProviderPathFromPSPath($Prefix)
$Target = Join-Path $Prefix 'sso-cred.exe'

function Exit-Installation([string]$Message) {
    [Console]::Error.WriteLine("install: $Message")
    exit 1
}

# Read and written without expanding %VARIABLES%: .NET's own functions would replace them by their values for good.
function Read-UserPath {
    $key = [Microsoft.Win32.Registry]::CurrentUser.OpenSubKey('Environment')
    $found = $key.GetValue('Path', '', [Microsoft.Win32.RegistryValueOptions]::DoNotExpandEnvironmentNames)
    $key.Dispose()
    return @($found -split ';' | Where-Object { $_ -ne '' })
}

function Write-UserPath([string[]]$Folders) {
    $key = [Microsoft.Win32.Registry]::CurrentUser.OpenSubKey('Environment', $true)
    $key.SetValue('Path', ($Folders -join ';'), [Microsoft.Win32.RegistryValueKind]::ExpandString)
    $key.Dispose()
    # Removing a variable that does not exist tells running programs to read the environment again.
    [Environment]::SetEnvironmentVariable('SSO_CRED_INSTALLER', $null, 'User')
}

function Save-Source([string]$Source, [string]$File) {
    if ($Source -match '^https://' -or $Source -match '^http://(127\.0\.0\.1|localhost):\d+/') {
        try {
            # An https address must not lead to a plain one: redirects are followed by hand.
            $address = $Source
            for ($hops = 0; $hops -lt 5; $hops++) {
                $request = [Net.WebRequest]::Create($address)
                $request.AllowAutoRedirect = $false
                $response = $request.GetResponse()
                try {
                    $location = $response.Headers['Location']
                    if ($location) {
                        $address = [string](New-Object Uri((New-Object Uri($address)), $location))
                        if ($Source -match '^https://' -and $address -notmatch '^https://') {
                            Exit-Installation "$Source leads to an address without https"
                        }
                        continue
                    }
                    $stream = $response.GetResponseStream()
                    $output = [IO.File]::Create($File)
                    try { $stream.CopyTo($output) } finally { $output.Dispose() }
                    return
                } finally { $response.Dispose() }
            }
            Exit-Installation "$Source redirects too often"
        } catch [Net.WebException] {
            Exit-Installation "cannot download ${Source}: $($_.Exception.Message)"
        }
    } elseif ($Source -match '://') {
        Exit-Installation "only https addresses are accepted, not $Source"
    } else {
        if (-not (Test-Path -LiteralPath $Source -PathType Leaf)) { Exit-Installation "there is no file $Source" }
        Copy-Item -LiteralPath $Source -Destination $File
    }
}

function Install-Program {
    [Net.ServicePointManager]::SecurityProtocol = [Net.ServicePointManager]::SecurityProtocol -bor [Net.SecurityProtocolType]::Tls12
    if ($env:PROCESSOR_ARCHITECTURE -ne 'AMD64' -and $env:PROCESSOR_ARCHITEW6432 -ne 'AMD64') {
        Write-Warning 'sso-cred is built for x64; Windows on ARM runs it by emulation'
    }
    $source = $From
    if (-not $source) {
        $release = $Version
        if (-not $release) {
            $request = [Net.WebRequest]::Create("$Releases/latest")
            $request.AllowAutoRedirect = $false
            $response = $request.GetResponse()
            $location = $response.Headers['Location']
            $response.Dispose()
            if ($location -notmatch '/tag/v([0-9][0-9A-Za-z.+-]*)$') { Exit-Installation 'cannot find the newest release; name one with -Version' }
            $release = $Matches[1]
        }
        $source = "$Releases/download/v$release/sso-cred-$release-win-x64.zip"
    }
    $name = ($source -split '[\\/]')[-1]
    $beside = $source.Substring(0, $source.Length - $name.Length) + 'SHA256SUMS'

    New-Item -ItemType Directory -Force -Path $Prefix | Out-Null
    $work = Join-Path $Prefix ('.install-' + [Guid]::NewGuid().ToString('N'))
    New-Item -ItemType Directory -Path $work | Out-Null
    try {
        $download = Join-Path $work $name
        $sums = Join-Path $work 'SHA256SUMS'
        Save-Source $source $download
        Save-Source $beside $sums
        $wanted = Get-Content -LiteralPath $sums | Where-Object { $_ -match "^([0-9a-f]{64}) [ *]$([Regex]::Escape($name))$" } | ForEach-Object { $_.Substring(0, 64) }
        if (-not $wanted) { Exit-Installation "SHA256SUMS does not name $name" }
        $found = (Get-FileHash -LiteralPath $download -Algorithm SHA256).Hash
        if ($found -ne $wanted) { Exit-Installation "the SHA-256 of $name is not the one in SHA256SUMS; nothing was installed" }
        $program = $download
        if ($name -like '*.zip') {
            $folder = Join-Path $work 'archive'
            Expand-Archive -LiteralPath $download -DestinationPath $folder
            $program = Join-Path $folder 'sso-cred.exe'
            if (-not (Test-Path -LiteralPath $program)) { Exit-Installation "$name contains no sso-cred.exe" }
        }
        $installed = & $program --version
        if ($LASTEXITCODE -ne 0) { Exit-Installation "$name does not run on this machine" }
        # A running executable cannot be replaced, but it can be renamed.
        $old = Join-Path $Prefix ('sso-cred.old-' + [Guid]::NewGuid().ToString('N') + '.exe')
        if (Test-Path -LiteralPath $Target) {
            Get-ChildItem -LiteralPath $Prefix -Filter 'sso-cred.old-*.exe' | Remove-Item -ErrorAction SilentlyContinue
            Move-Item -LiteralPath $Target -Destination $old
        }
        try {
            Move-Item -LiteralPath $program -Destination $Target
        } catch {
            $why = $_.Exception.Message
            if (Test-Path -LiteralPath $old) { Move-Item -LiteralPath $old -Destination $Target }
            Exit-Installation "cannot write ${Target}: $why"
        }
    } finally {
        Remove-Item -LiteralPath $work -Recurse -Force -ErrorAction SilentlyContinue
    }

    $path = @(Read-UserPath)
    if ($path -notcontains $Prefix) {
        Write-UserPath ($path + $Prefix)
        Write-Output "Added $Prefix to your PATH; open a new terminal."
    }
    Write-Output "Installed $($installed -replace ' \(.*$') as $Target"
    Write-Output 'Next: sso-cred init'
}

function Uninstall-Program {
    if (Test-Path -LiteralPath $Target) {
        try {
            Remove-Item -LiteralPath $Target
        } catch {
            Exit-Installation "cannot remove ${Target}: $($_.Exception.Message) End the programs that use it, and try again"
        }
        Get-ChildItem -LiteralPath $Prefix -Filter 'sso-cred.old-*.exe' | Remove-Item -ErrorAction SilentlyContinue
        Write-UserPath @(Read-UserPath | Where-Object { $_ -ne $Prefix })
        Write-Output "Removed $Target. Configuration and caches in ~\.aws are unchanged."
    } else {
        Write-Output "Nothing to remove: there is no $Target."
    }
}

if ($Uninstall) { Uninstall-Program } else { Install-Program }

/** As the AWS CLI and `init` write it. */
export const CLI_CONFIG = `[default]
region = eu-west-1
[sso-session corp]
sso_start_url = https://d-1234567890.awsapps.com/start
sso_region = eu-west-1
sso_registration_scopes = sso:account:access

[profile dev]
credential_process = sso-cred corp --account-id 123456789011 --role-name ReadOnly
region = eu-west-1
output = json

[profile old]
sso_session = corp
sso_account_id = 123456789011
sso_role_name = Admin
`;

/** As people write it: comments, nested values, services, legacy keys, odd spacing. */
export const HAND_MADE_CONFIG = `\ufeff# mine
[DEFAULT]
output = json
[profile dev] ; the usual one
  sso_start_url : https://sso.example.com/start#/
  sso_region=eu-west-1 # Ireland
sso_account_id = 123456789011
sso_role_name = A B
s3 =
  max_concurrent_requests = 20
services = local
ca_bundle = ~/ca.pem
[sso-session 'two words']
sso_start_url = https://d-1234567890.awsapps.com/start
sso_region = eu-west-1
sso_cred_login = device
[services local]
sso =
  endpoint_url = http://127.0.0.1:8080
sso_oidc =
  endpoint_url = https://oidc.example.com
[profile other]
use_fips_endpoint = true
credential_process = "/my apps/sso-cred" 'two words' --account-id=123456789011 --role-name ReadOnly # by me
`;

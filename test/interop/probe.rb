# Who am I, by the SDK for Ruby: probe.rb PROFILE. Prints {"arn"}. Older versions do not know the endpoints' variables.
require "aws-sdk-core"
require "json"

{ sso: "SSO", ssooidc: "SSO_OIDC", sts: "STS" }.each do |service, name|
  Aws.config[service] = { endpoint: ENV.fetch("AWS_ENDPOINT_URL_#{name}") }
end
puts JSON.generate(arn: Aws::STS::Client.new(profile: ARGV.fetch(0)).get_caller_identity.arn)

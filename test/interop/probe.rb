# Who am I, by the SDK for Ruby: probe.rb PROFILE. Prints {"arn"}. Older versions do not know the endpoint's variable.
require "aws-sdk-core"
require "json"

sts = Aws::STS::Client.new(profile: ARGV.fetch(0), endpoint: ENV.fetch("AWS_ENDPOINT_URL_STS"))
puts JSON.generate(arn: sts.get_caller_identity.arn)

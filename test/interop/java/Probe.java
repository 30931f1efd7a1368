import java.net.URI;
import software.amazon.awssdk.auth.credentials.ProfileCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sts.StsClient;

/** Who am I, by the AWS SDK for Java 2: Probe PROFILE. Prints {"arn"}. */
public class Probe {
  public static void main(String[] args) {
    try (var credentials = ProfileCredentialsProvider.create(args[0]);
        var sts = StsClient.builder()
            .region(Region.EU_WEST_1)
            .endpointOverride(URI.create(System.getenv("AWS_ENDPOINT_URL_STS")))
            .credentialsProvider(credentials)
            .build()) {
      System.out.println("{\"arn\": \"" + sts.getCallerIdentity().arn() + "\"}");
    }
  }
}

import java.net.URI;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.ProfileCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sts.StsClient;

/** Who am I, by the SDK for Java 2: Probe PROFILE (`-`: none). {"arn"} PROBE_TIMES times. */
public class Probe {
  public static void main(String[] args) throws InterruptedException {
    AwsCredentialsProvider credentials = args[0].equals("-")
        ? DefaultCredentialsProvider.create()
        : ProfileCredentialsProvider.create(args[0]);
    int times = Integer.parseInt(System.getenv().getOrDefault("PROBE_TIMES", "1"));
    try (var sts = StsClient.builder()
            .region(Region.EU_WEST_1)
            .endpointOverride(URI.create(System.getenv("AWS_ENDPOINT_URL_STS")))
            .credentialsProvider(credentials)
            .build()) {
      for (int number = 0; number < times; number++) {
        if (number > 0) Thread.sleep(1000L * Integer.parseInt(System.getenv("PROBE_PAUSE_SECONDS")));
        System.out.println("{\"arn\": \"" + sts.getCallerIdentity().arn() + "\"}");
      }
    }
  }
}

import aws.sdk.kotlin.services.sts.StsClient;
import aws.sdk.kotlin.services.sts.model.GetCallerIdentityRequest;
import aws.sdk.kotlin.services.sts.model.GetCallerIdentityResponse;
import kotlin.Unit;
import kotlin.coroutines.Continuation;
import kotlin.coroutines.EmptyCoroutineContext;
import kotlinx.coroutines.BuildersKt;

/** Who am I, by the SDK for Kotlin: Probe PROFILE. In Java, because it needs no compiler of its own. */
public class Probe {
  interface Call<T> {
    Object start(Continuation<? super T> continuation);
  }

  @SuppressWarnings("unchecked")
  static <T> T await(Call<T> call) throws InterruptedException {
    return (T) BuildersKt.<Object>runBlocking(EmptyCoroutineContext.INSTANCE,
        (scope, continuation) -> call.start((Continuation<? super T>) (Continuation<?>) continuation));
  }

  public static void main(String[] args) {
    int status = 1;
    try {
      System.out.println("{\"arn\": \"" + caller(args[0]) + "\"}");
      status = 0;
    } catch (Exception error) {
      error.printStackTrace();
    }
    // Threads of the SDK would keep the program alive.
    System.exit(status);
  }

  static String caller(String profile) throws InterruptedException {
    System.setProperty("aws.profile", profile);
    System.setProperty("aws.region", "eu-west-1");
    StsClient sts = await(done -> StsClient.Companion.fromEnvironment(config -> Unit.INSTANCE, done));
    var request = new GetCallerIdentityRequest.Builder().build();
    GetCallerIdentityResponse identity = await(done -> sts.getCallerIdentity(request, done));
    return identity.getArn();
  }
}

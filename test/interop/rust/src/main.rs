#[tokio::main(flavor = "current_thread")]
async fn main() {
    let profile = std::env::args().nth(1).expect("a profile");
    let config = aws_config::from_env().profile_name(profile).load().await;
    match aws_sdk_sts::Client::new(&config).get_caller_identity().send().await {
        Ok(identity) => println!("{}", identity.arn().unwrap_or("")),
        Err(error) => {
            eprintln!("{}", aws_sdk_sts::error::DisplayErrorContext(error));
            std::process::exit(1);
        }
    }
}

terraform {
  backend "s3" {
    bucket         = "dev-logs"
    key            = "dev.tfstate"
    region         = "eu-west-1"
    use_path_style = true
  }
}

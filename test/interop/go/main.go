// Who am I, by the AWS SDKs for Go: probe v1|v2|base PROFILE, `-` for none. Prints {"arn"},
// PROBE_TIMES times with one client.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"time"

	awsv1 "github.com/aws/aws-sdk-go/aws"
	sessionv1 "github.com/aws/aws-sdk-go/aws/session"
	stsv1 "github.com/aws/aws-sdk-go/service/sts"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	base "github.com/hashicorp/aws-sdk-go-base/v2"
)

func main() {
	if len(os.Args) != 3 {
		fail(fmt.Errorf("usage: probe v1|v2|base PROFILE"))
	}
	profile := os.Args[2]
	if profile == "-" {
		profile = ""
	}
	ask, err := map[string]func(string) (func() (string, error), error){"v1": clientV1, "v2": clientV2, "base": clientBase}[os.Args[1]](profile)
	if err != nil {
		fail(err)
	}
	times, _ := strconv.Atoi(os.Getenv("PROBE_TIMES"))
	pause, _ := strconv.Atoi(os.Getenv("PROBE_PAUSE_SECONDS"))
	for number := 0; number < max(times, 1); number++ {
		if number > 0 {
			time.Sleep(time.Duration(pause) * time.Second)
		}
		arn, err := ask()
		if err != nil {
			fail(err)
		}
		json.NewEncoder(os.Stdout).Encode(map[string]string{"arn": arn})
	}
}

// v1 does not know AWS_ENDPOINT_URL_STS.
func clientV1(profile string) (func() (string, error), error) {
	session, err := sessionv1.NewSessionWithOptions(sessionv1.Options{
		Profile:           profile,
		SharedConfigState: sessionv1.SharedConfigEnable,
	})
	if err != nil {
		return nil, err
	}
	client := stsv1.New(session, awsv1.NewConfig().WithEndpoint(os.Getenv("AWS_ENDPOINT_URL_STS")))
	return func() (string, error) {
		answer, err := client.GetCallerIdentity(&stsv1.GetCallerIdentityInput{})
		if err != nil {
			return "", err
		}
		return *answer.Arn, nil
	}, nil
}

func clientV2(profile string) (func() (string, error), error) {
	settings, err := config.LoadDefaultConfig(context.Background(), config.WithSharedConfigProfile(profile))
	if err != nil {
		return nil, err
	}
	return askSTS(settings), nil
}

// What the AWS provider and the S3 backend of Terraform and OpenTofu find credentials with.
func clientBase(profile string) (func() (string, error), error) {
	_, settings, diagnostics := base.GetAwsConfig(context.Background(), &base.Config{Profile: profile, MaxRetries: 1})
	for _, found := range diagnostics.Errors() {
		return nil, fmt.Errorf("%s: %s", found.Summary(), found.Detail())
	}
	return askSTS(settings), nil
}

func askSTS(settings aws.Config) func() (string, error) {
	client := sts.NewFromConfig(settings)
	return func() (string, error) {
		ctx, cancel := context.WithTimeout(context.Background(), 50*time.Second)
		defer cancel()
		answer, err := client.GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
		if err != nil {
			return "", err
		}
		return aws.ToString(answer.Arn), nil
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

// Who am I, by the AWS SDKs for Go: probe v1|v2 PROFILE. Prints {"arn"}.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"time"

	awsv1 "github.com/aws/aws-sdk-go/aws"
	sessionv1 "github.com/aws/aws-sdk-go/aws/session"
	stsv1 "github.com/aws/aws-sdk-go/service/sts"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

func main() {
	if len(os.Args) != 3 {
		fail(fmt.Errorf("usage: probe v1|v2 PROFILE"))
	}
	ask := map[string]func(string) (string, error){"v1": askV1, "v2": askV2}[os.Args[1]]
	arn, err := ask(os.Args[2])
	if err != nil {
		fail(err)
	}
	json.NewEncoder(os.Stdout).Encode(map[string]string{"arn": arn})
}

// v1 does not know AWS_ENDPOINT_URL_STS.
func askV1(profile string) (string, error) {
	session, err := sessionv1.NewSessionWithOptions(sessionv1.Options{
		Profile:           profile,
		SharedConfigState: sessionv1.SharedConfigEnable,
	})
	if err != nil {
		return "", err
	}
	client := stsv1.New(session, awsv1.NewConfig().WithEndpoint(os.Getenv("AWS_ENDPOINT_URL_STS")))
	answer, err := client.GetCallerIdentity(&stsv1.GetCallerIdentityInput{})
	if err != nil {
		return "", err
	}
	return *answer.Arn, nil
}

func askV2(profile string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Second)
	defer cancel()
	settings, err := config.LoadDefaultConfig(ctx, config.WithSharedConfigProfile(profile))
	if err != nil {
		return "", err
	}
	answer, err := sts.NewFromConfig(settings).GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	if err != nil {
		return "", err
	}
	return aws.ToString(answer.Arn), nil
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

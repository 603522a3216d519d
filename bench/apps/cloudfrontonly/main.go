// Command cloudfrontonly imports awscloudfront and nothing else: what an app with
// a distribution compiles in any case.
package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	_ "github.com/aws/aws-cdk-go/awscdk/v2/awscloudfront"
)

func main() { awscdk.NewApp(nil).Synth(nil) }

// Command empty is an app without a stack: what Go and the CDK's kernel cost
// before there is anything to synthesize.
package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"
)

func main() {
	defer jsii.Close()
	awscdk.NewApp(nil).Synth(nil)
}

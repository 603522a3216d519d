// Command edgeonly imports constructs/edge and nothing else.
package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"

	_ "github.com/websocket-distribution/websocket-distribution/constructs/edge"
)

func main() { awscdk.NewApp(nil).Synth(nil) }

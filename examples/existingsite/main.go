// Command existingsite is a CDK app whose CloudFront distribution serves a static
// site from S3, and gains a WebSocket API under /ws.
package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudfront"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudfrontorigins"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/jsii-runtime-go"

	"github.com/websocket-distribution/websocket-distribution/constructs/edge"
)

// apiURL is what clients connect to today; put your API's in.
const apiURL = "wss://abc.execute-api.eu-west-1.amazonaws.com/prod"

func main() {
	defer jsii.Close()
	app := awscdk.NewApp(nil)
	newSite(app, "Site")
	app.Synth(nil)
}

// newSite is the stack as it was before, and the two statements that are new.
func newSite(app awscdk.App, name string) awscdk.Stack {
	stack := awscdk.NewStack(app, &name, &awscdk.StackProps{
		Env: &awscdk.Environment{Region: jsii.String("us-east-1")},
	})
	bucket := awss3.NewBucket(stack, jsii.String("Pages"), &awss3.BucketProps{
		EnforceSSL: jsii.Bool(true),
	})
	site := awscloudfront.NewDistribution(stack, jsii.String("Distribution"), &awscloudfront.DistributionProps{
		DefaultBehavior: &awscloudfront.BehaviorOptions{
			Origin:               awscloudfrontorigins.S3BucketOrigin_WithOriginAccessControl(bucket, nil),
			ViewerProtocolPolicy: awscloudfront.ViewerProtocolPolicy_REDIRECT_TO_HTTPS,
		},
		DefaultRootObject: jsii.String("index.html"),
	})

	socket := edge.NewWebSocketBehavior(stack, "Socket", &edge.WebSocketBehaviorProps{
		Origin:            edge.FromURL(apiURL, nil),
		AllowedWebOrigins: []string{"https://www.example.com"},
	})
	socket.AddTo(site, "/ws")

	awscdk.NewCfnOutput(stack, jsii.String("WebSocketUrl"), &awscdk.CfnOutputProps{
		Value: jsii.Sprintf("wss://%s/ws", *site.DistributionDomainName()),
	})
	awscdk.NewCfnOutput(stack, jsii.String("CallbackUrl"), &awscdk.CfnOutputProps{Value: socket.CallbackURL()})
	return stack
}

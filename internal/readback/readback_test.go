package readback_test

import (
	"fmt"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudfront"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudfrontorigins"
	"github.com/aws/jsii-runtime-go"

	"github.com/websocket-distribution/websocket-distribution/internal/cdktest"
	"github.com/websocket-distribution/websocket-distribution/internal/readback"
)

func TestMain(m *testing.M) { cdktest.Main(m) }

func origin(host string) awscloudfront.IOrigin {
	return awscloudfrontorigins.NewHttpOrigin(&host, nil)
}

// CI runs this on the oldest and on the newest awscdk that is supported.
func TestADistributionOfTheCDKIsReadAsItStands(t *testing.T) {
	d := awscloudfront.NewDistribution(cdktest.NewStack(t), jsii.String("Site"), &awscloudfront.DistributionProps{
		DefaultBehavior:     &awscloudfront.BehaviorOptions{Origin: origin("site.example.com")},
		AdditionalBehaviors: &map[string]*awscloudfront.BehaviorOptions{"/api/*": {Origin: origin("api.example.com")}},
		ErrorResponses:      &[]*awscloudfront.ErrorResponse{{HttpStatus: jsii.Number(403), ResponseHttpStatus: jsii.Number(200), ResponsePagePath: jsii.String("/index.html")}},
	})
	read := func() map[string]any {
		t.Helper()
		config, err := readback.DistributionConfig(d.Node().DefaultChild().(awscloudfront.CfnDistribution))
		if err != nil {
			t.Fatal(err)
		}
		return config
	}
	first := read()
	if got := fmt.Sprint(first["customErrorResponses"]); got != "[map[errorCode:403 responseCode:200 responsePagePath:/index.html]]" {
		t.Errorf("got %s", got)
	}
	if got := len(first["origins"].([]any)); got != 2 {
		t.Errorf("want two origins, got %d", got)
	}
	d.AddBehavior(jsii.String("/late"), origin("late.example.com"), nil)
	if got := read()["cacheBehaviors"].([]any); len(got) != 2 || got[1].(map[string]any)["pathPattern"] != "/late" {
		t.Errorf("want the behavior that was added later, got %v", got)
	}
}

func TestADistributionOfCloudFormationIsRead(t *testing.T) {
	stack := cdktest.NewStack(t)
	d := awscloudfront.NewCfnDistribution(stack, jsii.String("Raw"), &awscloudfront.CfnDistributionProps{
		DistributionConfig: &awscloudfront.CfnDistribution_DistributionConfigProperty{
			Enabled:              jsii.Bool(true),
			DefaultCacheBehavior: &awscloudfront.CfnDistribution_DefaultCacheBehaviorProperty{TargetOriginId: jsii.String("o"), ViewerProtocolPolicy: jsii.String("https-only")},
			OriginGroups:         &awscloudfront.CfnDistribution_OriginGroupsProperty{Quantity: jsii.Number(0)},
			CacheBehaviors:       awscdk.Lazy_Any(&later{}, nil),
		},
	})
	config, err := readback.DistributionConfig(d)
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(config["cacheBehaviors"]); got != "[map[pathPattern:/ws]]" {
		t.Errorf("got %s", got)
	}
}

type later struct{ _ byte }

func (*later) Produce() any { return []any{map[string]any{"pathPattern": "/ws"}} }

// What cannot be read is an error, whatever jsii panics with.
func TestWhatCannotBeReadIsAnError(t *testing.T) {
	d := awscloudfront.NewCfnDistribution(cdktest.NewStack(t), jsii.String("Raw"), &awscloudfront.CfnDistributionProps{
		DistributionConfig: awscdk.Lazy_Any(&nothing{}, nil),
	})
	config, err := readback.DistributionConfig(d)
	if err == nil || config != nil || err.Error() != "this version of the CDK does not show the configuration of Test/Raw" {
		t.Errorf("got %v, %v", config, err)
	}
}

type nothing struct{ _ byte }

func (*nothing) Produce() any { return "not a structure" }

package main

import (
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"github.com/websocket-distribution/websocket-distribution/internal/cdktest"
)

// The syntheses of the suite with the CDK's own template validation, whose findings
// fail them by a feature flag in cdk.json. They take another process of the CDK, so
// they stand in the last file: no test after them has to start a third.
func TestEveryTablePassesTheCDKsValidation(t *testing.T) {
	cdktest.Validated(func() {
		for _, name := range tableNames(t) {
			if err := catch(func() error { app(t, contextOf(t, name)).Synth(nil); return nil }); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		err := catch(func() error {
			a := app(t, fixture(t, "one"))
			awscdk.NewCfnResource(stacksOf(a)["WebSocket-only"], jsii.String("Bad"), &awscdk.CfnResourceProps{
				Type:       jsii.String("AWS::CloudFront::OriginRequestPolicy"),
				Properties: &map[string]any{"Colour": "red"},
			})
			a.Synth(nil)
			return nil
		})
		if err == nil {
			t.Error("want a finding for the bad resource; is the validation on?")
		}
	})
}

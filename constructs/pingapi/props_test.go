package pingapi_test

import (
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"

	"github.com/websocket-distribution/websocket-distribution/constructs/pingapi"
	"github.com/websocket-distribution/websocket-distribution/internal/cdktest"
)

func TestEachPropChangesTheTemplate(t *testing.T) {
	cdktest.EachPropChangesTheTemplate(t, map[string]cdktest.Example[pingapi.Props]{
		"StageName": cdktest.Set(pingapi.Props{}, func(p *pingapi.Props) { p.StageName = "beta" }),
	}, func(stack awscdk.Stack, props *pingapi.Props) { pingapi.New(stack, "PingApi", props) })
}

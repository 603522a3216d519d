package originlock_test

import (
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"

	"github.com/websocket-distribution/websocket-distribution/constructs/edge"
	"github.com/websocket-distribution/websocket-distribution/constructs/originlock"
	"github.com/websocket-distribution/websocket-distribution/constructs/pingapi"
	"github.com/websocket-distribution/websocket-distribution/internal/cdktest"
)

// set is an example of a prop of a lock with these props.
func set(props originlock.Props, f func(*originlock.Props)) cdktest.Example[originlock.Props] {
	return func(stack awscdk.Stack) (originlock.Props, func(*originlock.Props)) {
		props.Stage = pingapi.New(stack, "Api", nil).Stage()
		return props, f
	}
}

func TestEachPropOfALockChangesTheTemplate(t *testing.T) {
	throttle := originlock.Throttle{RatePerSecond: 100, Burst: 200}
	cdktest.EachPropChangesTheTemplate(t, map[string]cdktest.Example[originlock.Props]{
		"Stage": func(stack awscdk.Stack) (originlock.Props, func(*originlock.Props)) {
			one, two := pingapi.New(stack, "One", nil).Stage(), pingapi.New(stack, "Two", nil).Stage()
			return originlock.Props{Stage: one}, func(p *originlock.Props) { p.Stage = two }
		},
		"Keys":   set(originlock.Props{}, func(p *originlock.Props) { p.Keys = []string{"a", "b"} }),
		"Active": set(originlock.Props{Keys: []string{"a", "b"}}, func(p *originlock.Props) { p.Active = "b" }),
		"Open":   set(originlock.Props{}, func(p *originlock.Props) { p.Open = true }),
		"Throttle.RatePerSecond": set(originlock.Props{Throttle: &throttle}, func(p *originlock.Props) {
			p.Throttle = &originlock.Throttle{RatePerSecond: 150, Burst: 200}
		}),
		"Throttle.Burst": set(originlock.Props{Throttle: &throttle}, func(p *originlock.Props) {
			p.Throttle = &originlock.Throttle{RatePerSecond: 100, Burst: 300}
		}),
		"DisableDefaultEndpoint": set(originlock.Props{}, func(p *originlock.Props) { p.DisableDefaultEndpoint = true }),
	}, func(stack awscdk.Stack, props *originlock.Props) {
		// What the lock sends is seen where it arrives.
		headers := originlock.New(stack, "Lock", props).Headers(stack)
		edge.NewWebSocketDistribution(stack, "Edge", &edge.WebSocketDistributionProps{
			DefaultBehavior: edge.WebSocketBehaviorProps{Origin: edge.FromURL("wss://abc.execute-api.eu-west-1.amazonaws.com/prod", &edge.OriginProps{CustomHeaders: headers})},
		})
	})
}

func TestEachPropOfAReferenceChangesTheTemplate(t *testing.T) {
	name := originlock.Reference{SecretName: "chat/edge"}
	cdktest.EachPropChangesTheTemplate(t, map[string]cdktest.Example[originlock.Reference]{
		"SecretARN":    cdktest.Set(originlock.Reference{SecretARN: secretARN}, func(r *originlock.Reference) { r.SecretARN = secretARN[:len(secretARN)-1] + "g" }),
		"SecretName":   cdktest.Set(name, func(r *originlock.Reference) { r.SecretName = "chat/other" }),
		"SSMParameter": cdktest.Set(originlock.Reference{SSMParameter: "/chat/edge"}, func(r *originlock.Reference) { r.SSMParameter = "/chat/other" }),
		"Field":        cdktest.Set(name, func(r *originlock.Reference) { r.Field = "key" }),
		"Header":       cdktest.Set(name, func(r *originlock.Reference) { r.Header = "x-verify" }),
	}, func(stack awscdk.Stack, reference *originlock.Reference) {
		edge.NewWebSocketDistribution(stack, "Edge", &edge.WebSocketDistributionProps{
			DefaultBehavior: edge.WebSocketBehaviorProps{Origin: edge.FromURL("wss://abc.execute-api.eu-west-1.amazonaws.com/prod", &edge.OriginProps{CustomHeaders: reference.Headers(stack)})},
		})
	})
}

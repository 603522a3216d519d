package handshake_test

import (
	"context"
	"fmt"
	"os"

	"github.com/aws/aws-lambda-go/events"

	"github.com/websocket-distribution/websocket-distribution/handshake"
)

// From a synthesized template to the verdict on a handshake. In a CDK test toJSON is
// assertions.Template_FromStack(stack, nil).ToJSON().
func Example() {
	var toJSON *map[string]any = synthesized()

	model, err := handshake.Parse(toJSON, nil)
	check(err)
	report, err := model.Play(handshake.Request{Path: "/ws/rooms/42"})
	check(err)
	fmt.Println(report.Outcome, report.Status)
	fmt.Println("$connect sees path", report.Event.QueryStringParameters["path"])
	for _, finding := range model.Check() {
		fmt.Println(finding)
	}
	// Output:
	// accepted 101
	// $connect sees path /ws/rooms/42
}

// A refused handshake says why, and what to do.
func ExampleModel_Play_refused() {
	model, err := handshake.Open("testdata/external.json", nil)
	check(err)
	report, err := model.Play(handshake.Request{Path: "/rooms/42"})
	check(err)
	fmt.Println(report.Refusal.Status, report.Refusal.Rule)
	fmt.Println(report.Refusal.Reason)
	// Output:
	// 403 api.stage
	// the path at the API is /prod/rooms/42, which goes past the stage prod
}

// A whole conversation, with the function that lambda.Start takes.
func ExampleModel_Connect() {
	handler := func(_ context.Context, event events.APIGatewayWebsocketProxyRequest) (events.APIGatewayProxyResponse, error) {
		return events.APIGatewayProxyResponse{StatusCode: 200, Body: "you said " + event.Body}, nil
	}
	model, err := handshake.Open("testdata/external.json", &handshake.Options{Handler: handler})
	check(err)
	ctx := context.Background()
	conn, report, err := model.Connect(ctx, handshake.Request{})
	check(err)
	check(report.Err())
	defer conn.Close()

	check(conn.Send(ctx, []byte("hello")))
	answer, err := conn.Receive(ctx)
	check(err)
	fmt.Println(string(answer))
	// Output: you said hello
}

// What may be wrong about the package's own verdicts: the rules that AWS does not
// document.
func ExampleRules() {
	for _, rule := range handshake.Rules() {
		if !rule.Documented && rule.ID == "api.upgrade" {
			fmt.Println(rule.ID+":", rule.Statement)
		}
	}
	// Output:
	// api.upgrade: a request that is not a WebSocket upgrade is answered with 403
}

func check(err error) {
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}

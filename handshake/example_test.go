package handshake_test

import (
	"context"
	"fmt"
	"os"

	"github.com/coder/websocket"

	"github.com/websocket-distribution/websocket-distribution/handshake"
)

// From a synthesized template to a dialled connection. In a CDK test the map is
// *assertions.Template_FromStack(stack, nil).ToJSON().
func Example() {
	var toJSON map[string]any = synthesized()

	template, err := handshake.Parse(toJSON, nil)
	check(err)
	server, err := handshake.Serve(template, nil)
	check(err)
	defer server.Close()
	conn, err := server.Dial(context.Background(), "/ws/rooms/42", nil)
	check(err)

	check(conn.Write(context.Background(), websocket.MessageText, []byte(`{"action":"ping"}`)))
	_, message, err := conn.Read(context.Background())
	check(err)
	fmt.Println(string(message))
	fmt.Println("$connect sees path", server.Last().Event.QueryStringParameters["path"])
	// Output:
	// {"message":"pong"}
	// $connect sees path /ws/rooms/42
}

// A refused handshake says why, and what to set.
func ExampleServer_Dial_refused() {
	template, err := handshake.Load("testdata/external.json", nil)
	check(err)
	server, err := handshake.Serve(template, nil)
	check(err)
	defer server.Close()

	_, err = server.Dial(context.Background(), "/rooms/42", nil)
	refusal := err.(*handshake.Refusal)
	fmt.Println(refusal.Status, refusal.Rule)
	fmt.Println(refusal.Reason)
	// Output:
	// 403 api.stage
	// the path at the API is /prod/rooms/42, which goes past the stage prod
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
	// api.upgrade: what is not a WebSocket upgrade is answered with 403
}

func check(err error) {
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}

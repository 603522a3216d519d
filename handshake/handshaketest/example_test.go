package handshaketest_test

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/coder/websocket"

	"github.com/websocket-distribution/websocket-distribution/handshake"
	"github.com/websocket-distribution/websocket-distribution/handshake/handshaketest"
)

// From a synthesized template to a connection of a real client.
func Example() {
	model, err := handshake.Open("../testdata/owned.json", nil)
	check(err)
	server, err := handshaketest.NewServer(model, nil)
	check(err)
	defer server.Close()
	conn, err := server.Dial(context.Background(), "/ws/rooms/42", nil)
	check(err)
	defer conn.CloseNow()

	check(conn.Write(context.Background(), websocket.MessageText, []byte(`{"action":"ping"}`)))
	_, message, err := conn.Read(context.Background())
	check(err)
	fmt.Println(string(message))
	// Output: {"message":"pong"}
}

// A refused handshake says why, and what to do.
func ExampleServer_Dial_refused() {
	model, err := handshake.Open("../testdata/external.json", nil)
	check(err)
	server, err := handshaketest.NewServer(model, nil)
	check(err)
	defer server.Close()

	_, err = server.Dial(context.Background(), "/rooms/42", nil)
	var refusal *handshake.Refusal
	if errors.As(err, &refusal) {
		fmt.Println(refusal.Status, refusal.Rule)
		fmt.Println(refusal.Reason)
	}
	// Output:
	// 403 api.stage
	// the path at the API is /prod/rooms/42, which goes past the stage prod
}

func check(err error) {
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}

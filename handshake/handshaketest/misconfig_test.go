package handshaketest

import (
	"errors"
	"slices"
	"testing"

	"github.com/coder/websocket"

	"github.com/websocket-distribution/websocket-distribution/handshake"
	"github.com/websocket-distribution/websocket-distribution/internal/misconfig"
)

// Over sockets every mistake and every good variant ends as it does without.
func TestAServedHandshakeEndsAsAPlayedOne(t *testing.T) {
	t.Parallel()
	for _, c := range slices.Concat(misconfig.Mistakes(), misconfig.Variants()) {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			document, err := c.Apply(bases)
			if err != nil {
				t.Fatal(err)
			}
			model, err := handshake.Parse((*map[string]any)(&document), nil)
			if err != nil {
				t.Fatal(err)
			}
			path, header := c.Handshake(document)
			played, err := model.Play(handshake.Request{Path: path, Header: withSubprotocol(header, c.Subprotocol), Plain: c.Plain, Direct: c.Direct})
			if err != nil {
				t.Fatal(err)
			}
			server := serve(t, model, nil)
			dial := server.Dial
			switch {
			case c.Direct:
				dial = server.DialAPI
			case c.Plain:
				dial = server.DialPlain
			}
			options := &websocket.DialOptions{HTTPHeader: header}
			if c.Subprotocol != "" {
				options.Subprotocols = []string{c.Subprotocol}
			}
			conn, err := dial(t.Context(), path, options)
			if err == nil {
				_ = conn.CloseNow()
			}
			var served *handshake.Refusal
			if err != nil && !errors.As(err, &served) {
				t.Fatalf("dial failed without a reason: %v", err)
			}
			if (served == nil) != (played.Refusal == nil) || served != nil && (served.Rule != played.Refusal.Rule || served.Status != played.Refusal.Status) {
				t.Errorf("served: %v\nplayed: %v", served, played.Refusal)
			}
		})
	}
}

func withSubprotocol(h map[string][]string, name string) map[string][]string {
	if name == "" {
		return h
	}
	with := map[string][]string{"Sec-Websocket-Protocol": {name}}
	for n, v := range h {
		with[n] = v
	}
	return with
}

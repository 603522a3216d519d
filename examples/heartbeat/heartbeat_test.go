package heartbeat

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coder/websocket"
)

// api is a WebSocket API on 127.0.0.1: it answers what answer says, and counts.
type api struct {
	*httptest.Server
	connects, beats atomic.Int64
}

func newAPI(t *testing.T, answer func(beat int64) []byte) *api {
	t.Helper()
	a := &api{}
	a.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a.connects.Add(1)
		if answer == nil {
			http.Error(w, "Forbidden", http.StatusForbidden)
			return
		}
		conn, err := websocket.Accept(w, r, nil)
		if err != nil {
			return
		}
		defer conn.CloseNow()
		for {
			if _, _, err := conn.Read(r.Context()); err != nil {
				return
			}
			if message := answer(a.beats.Add(1)); message != nil {
				if err := conn.Write(r.Context(), websocket.MessageText, message); err != nil {
					return
				}
			}
		}
	}))
	t.Cleanup(a.Close)
	return a
}

func pong(int64) []byte { return []byte(`{"message":"pong"}`) }

func (a *api) client() *Client {
	return &Client{
		URL: strings.Replace(a.URL, "http://", "ws://", 1), Every: 5 * time.Millisecond, Answer: 2 * time.Second,
		FirstWait: time.Millisecond, LongestWait: 2 * time.Millisecond,
	}
}

// run runs the client until enough says so.
func run(t *testing.T, c *Client, enough func() bool) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	result := make(chan error, 1)
	go func() { result <- c.Run(ctx) }()
	for deadline := time.Now().Add(20 * time.Second); !enough(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("it has not come to that in 20 seconds")
		}
	}
	cancel()
	select {
	case err := <-result:
		if !errors.Is(err, context.Canceled) {
			t.Errorf("want the end of the context, got %v", err)
		}
	case <-time.After(20 * time.Second):
		t.Fatal("want Run to end with its context")
	}
}

func TestAnAnsweredHeartbeatKeepsTheConnection(t *testing.T) {
	a := newAPI(t, pong)
	c := a.client()
	var got atomic.Int64
	c.OnMessage = func(message []byte) {
		if string(message) == `{"message":"pong"}` {
			got.Add(1)
		}
	}
	run(t, c, func() bool { return got.Load() >= 10 })
	if n := a.connects.Load(); n != 1 {
		t.Errorf("want one connection, got %d", n)
	}
}

// To CloudFront a heartbeat without an answer is silence.
func TestAHeartbeatWithoutAnAnswerIsALostConnection(t *testing.T) {
	a := newAPI(t, func(int64) []byte { return nil })
	c := a.client()
	c.Answer = 10 * time.Millisecond
	run(t, c, func() bool { return a.connects.Load() >= 3 })
}

func TestItConnectsAnewBeforeAPIGatewayCloses(t *testing.T) {
	a := newAPI(t, pong)
	c := a.client()
	c.MaxAge = 30 * time.Millisecond
	run(t, c, func() bool { return a.connects.Load() >= 3 })
}

func TestARefusalIsTriedAgain(t *testing.T) {
	a := newAPI(t, nil)
	c := a.client()
	run(t, c, func() bool { return a.connects.Load() >= 3 })
}

func TestEachHandshakeMayHaveAFreshToken(t *testing.T) {
	a := newAPI(t, nil)
	c := a.client()
	var asked atomic.Int64
	c.Before = func(*Client) { asked.Add(1) }
	run(t, c, func() bool { return asked.Load() >= 3 })
}

// From nothing to a bound that doubles: clients that were cut off together do not
// come back together.
func TestTheWaitHasFullJitter(t *testing.T) {
	c := (&Client{}).withDefaults()
	most := func(n int64) int64 { return n - 1 }
	least := func(int64) int64 { return 0 }
	for failures, want := range map[int]time.Duration{0: time.Second, 1: 2 * time.Second, 3: 8 * time.Second, 6: time.Minute, 100: time.Minute} {
		if got := c.wait(failures, most); got != want {
			t.Errorf("after %d failures: want up to %v, got %v", failures, want, got)
		}
		if got := c.wait(failures, least); got != 0 {
			t.Errorf("after %d failures: want from nothing, got %v", failures, got)
		}
	}
}

func TestTheDefaultsAreBelowTheLimits(t *testing.T) {
	c := (&Client{}).withDefaults()
	if c.Every+c.Answer >= 10*time.Minute || c.MaxAge >= 2*time.Hour {
		t.Errorf("got %v, %v and %v", c.Every, c.Answer, c.MaxAge)
	}
}

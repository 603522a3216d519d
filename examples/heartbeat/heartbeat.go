// Package heartbeat is an example of a client that stays connected through
// CloudFront and API Gateway.
//
// Both close a connection that has been idle for 10 minutes, and to CloudFront only
// bytes from the API count: a heartbeat needs an answer. API Gateway closes every
// connection after 2 hours, whatever travels. So the client asks and expects an
// answer, connects anew a little before the 2 hours, and waits a random while before
// each attempt, because all clients lose their connections at once when one of the
// layers is deployed.
package heartbeat

import (
	"context"
	"math/rand/v2"
	"net/http"
	"time"

	"github.com/coder/websocket"
)

// Client keeps one connection alive. The zero value of all but URL is good.
type Client struct {
	// URL is the output WebSocketUrl of the stack.
	URL string
	// Header goes with each handshake. A token that expires belongs into Before.
	Header http.Header
	// Before is called ahead of each handshake, to put a fresh token into URL or
	// Header.
	Before func(*Client)
	// OnMessage is called with each message, the answers to heartbeats included. It
	// must not block.
	OnMessage func([]byte)

	// Heartbeat is what is sent, a message that the API answers. Default:
	// {"action":"ping"}, which the ping API does.
	Heartbeat []byte
	// Every is how often, well below 10 minutes. Default: 4 minutes.
	Every time.Duration
	// Answer is how long the answer may take before the connection counts as lost.
	// Default: 15 seconds.
	Answer time.Duration
	// MaxAge is when to connect anew, below 2 hours; up to a tenth less is chosen at
	// random. Default: 115 minutes.
	MaxAge time.Duration
	// FirstWait and LongestWait bound the wait before an attempt, which is chosen at
	// random from nothing to a bound that doubles with each failure. Default: 1
	// second and 1 minute.
	FirstWait, LongestWait time.Duration
}

func (c *Client) withDefaults() Client {
	d := *c
	if d.Heartbeat == nil {
		d.Heartbeat = []byte(`{"action":"ping"}`)
	}
	for value, or := range map[*time.Duration]time.Duration{
		&d.Every: 4 * time.Minute, &d.Answer: 15 * time.Second, &d.MaxAge: 115 * time.Minute,
		&d.FirstWait: time.Second, &d.LongestWait: time.Minute,
	} {
		if *value == 0 {
			*value = or
		}
	}
	return d
}

// Run stays connected until ctx ends, and returns its error.
func (c *Client) Run(ctx context.Context) error {
	d := c.withDefaults()
	for failures := 0; ; failures++ {
		if d.Before != nil {
			d.Before(&d)
		}
		// Only a connection that has brought something proves that the way is free.
		if d.session(ctx) {
			failures = 0
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(d.wait(failures, rand.Int64N)):
		}
	}
}

// wait is the wait before the next attempt: with full jitter, from nothing to the
// bound.
func (c *Client) wait(failures int, random func(int64) int64) time.Duration {
	bound := c.LongestWait
	if failures < 16 {
		bound = min(bound, c.FirstWait<<failures)
	}
	return time.Duration(random(int64(bound) + 1))
}

// session is one connection from handshake to end; it reports whether a message came.
func (c *Client) session(ctx context.Context) (received bool) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	dialing, done := context.WithTimeout(ctx, 30*time.Second)
	conn, _, err := websocket.Dial(dialing, c.URL, &websocket.DialOptions{HTTPHeader: c.Header})
	done()
	if err != nil {
		return false
	}
	defer conn.CloseNow()

	messages := make(chan []byte)
	go func() {
		defer close(messages)
		for {
			_, message, err := conn.Read(ctx)
			if err != nil {
				return
			}
			select {
			case messages <- message:
			case <-ctx.Done():
				return
			}
		}
	}()
	beat := time.NewTicker(c.Every)
	defer beat.Stop()
	age := time.After(c.MaxAge - rand.N(c.MaxAge/10+1))
	var late <-chan time.Time // nil until an answer is awaited
	for {
		select {
		case message, open := <-messages:
			if !open {
				return received
			}
			received, late = true, nil
			if c.OnMessage != nil {
				c.OnMessage(message)
			}
		case <-beat.C:
			if err := conn.Write(ctx, websocket.MessageText, c.Heartbeat); err != nil {
				return received
			}
			if late == nil {
				late = time.After(c.Answer)
			}
		case <-late:
			return received
		case <-age:
			conn.Close(websocket.StatusNormalClosure, "connecting anew")
			return received
		case <-ctx.Done():
			conn.Close(websocket.StatusNormalClosure, "")
			return received
		}
	}
}

package handshake

import (
	"context"
	"fmt"
	"io"
	"net"
	"slices"
	"sync"

	"github.com/websocket-distribution/websocket-distribution/internal/apigateway"
	"github.com/websocket-distribution/websocket-distribution/internal/rules"
	"github.com/websocket-distribution/websocket-distribution/internal/trace"
)

// Connection is an open WebSocket connection to an API, without a socket. It is safe
// for concurrent use.
type Connection struct {
	api    *apigateway.Connection
	inbox  chan []byte
	closed chan struct{}
	once   sync.Once

	mu    sync.Mutex
	trace trace.Trace
}

// Connect plays a handshake as [Model.Play] does, and returns the connection that it
// opens; nil when the handshake is refused. Close the connection after use.
func (m *Model) Connect(ctx context.Context, request Request) (*Connection, *Report, error) {
	p, err := m.play(ctx, request)
	if err != nil || !p.opened() {
		return nil, p.reportOrNil(), err
	}
	c := &Connection{api: apigateway.Open(p.admission, &m.backend), inbox: make(chan []byte, 16), closed: make(chan struct{})}
	return c, p.report, nil
}

func (p *play) reportOrNil() *Report {
	if p == nil {
		return nil
	}
	return p.report
}

// Send plays one message from the client. It returns after the route's integration has
// answered; what it answers with is there to [Connection.Receive]. The error is that of
// ctx, [net.ErrClosed] after Close, or that the message is larger than API Gateway
// takes.
func (c *Connection) Send(ctx context.Context, message []byte) error {
	if len(message) > rules.MaxMessage {
		return fmt.Errorf("the message has %d bytes, API Gateway takes at most %d", len(message), rules.MaxMessage)
	}
	select {
	case <-c.closed:
		return net.ErrClosed
	default:
	}
	var t trace.Trace
	reply := c.api.Message(ctx, message, &t)
	c.mu.Lock()
	for _, n := range t.Notes {
		c.trace.Note(n.Rule, "%s", n.Text)
	}
	c.mu.Unlock()
	if reply == nil {
		return nil
	}
	select {
	case c.inbox <- reply:
		return nil
	case <-c.closed:
		return net.ErrClosed
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Receive waits for the next message to the client. The error is that of ctx, or
// [io.EOF] after Close.
func (c *Connection) Receive(ctx context.Context) ([]byte, error) {
	select {
	case message := <-c.inbox:
		return message, nil
	default:
	}
	select {
	case message := <-c.inbox:
		return message, nil
	case <-c.closed:
		return nil, io.EOF
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Notes returns what was assumed or left out while messages were played.
func (c *Connection) Notes() []Note {
	c.mu.Lock()
	defer c.mu.Unlock()
	var notes []Note
	for _, n := range slices.Clone(c.trace.Notes) {
		notes = append(notes, publicNote(n))
	}
	return notes
}

// Close ends the connection; the $disconnect route is told. It may be called again.
func (c *Connection) Close() error {
	c.once.Do(func() {
		close(c.closed)
		c.api.Close(context.Background())
	})
	return nil
}

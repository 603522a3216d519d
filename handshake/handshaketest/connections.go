package handshaketest

import (
	"context"
	"maps"
	"slices"
	"sync"

	"github.com/coder/websocket"
)

// connections are what a server has open, to be ended with it.
type connections struct {
	// ctx ends with the server; running counts what has not ended yet.
	ctx     context.Context
	cancel  context.CancelFunc
	running sync.WaitGroup

	mu     sync.Mutex
	open   map[*websocket.Conn]bool
	closed bool
}

func newConnections() *connections {
	c := &connections{open: map[*websocket.Conn]bool{}}
	c.ctx, c.cancel = context.WithCancel(context.Background())
	return c
}

// close ends all connections. Nothing is taken after it.
func (c *connections) close() {
	c.cancel()
	c.mu.Lock()
	c.closed = true
	open := slices.Collect(maps.Keys(c.open))
	c.mu.Unlock()
	for _, conn := range open {
		_ = conn.CloseNow()
	}
}

// enter counts a request that Close waits for; false when the server is closed.
func (c *connections) enter() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return false
	}
	c.running.Add(1)
	return true
}

// track keeps a connection to be closed with the server; false when it is closed
// already.
func (c *connections) track(conn *websocket.Conn) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return false
	}
	c.open[conn] = true
	return true
}

func (c *connections) untrack(conn *websocket.Conn) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.open, conn)
}

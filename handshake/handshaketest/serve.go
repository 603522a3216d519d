package handshaketest

import (
	"context"
	"net"
	"net/http"
	"strconv"
	"strings"

	"github.com/coder/websocket"

	"github.com/websocket-distribution/websocket-distribution/handshake"
	"github.com/websocket-distribution/websocket-distribution/internal/rules"
	"github.com/websocket-distribution/websocket-distribution/internal/trace"
	"github.com/websocket-distribution/websocket-distribution/internal/wire"
)

// handler serves one address of a server.
type handler struct {
	model *handshake.Model
	// base is what all requests to the address have in common.
	base handshake.Request
	log  *reports
	open *connections
}

// ServeHTTP plays one request, and keeps the connection of a handshake that gets
// through.
func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !h.open.enter() {
		return
	}
	defer h.open.running.Done()
	request := h.base
	request.Method, request.Header, request.Path = r.Method, r.Header.Clone(), target(r)
	request.Host = wire.HostOnly(r.Host)
	if ip := net.ParseIP(request.Host); (ip != nil && ip.IsLoopback() || request.Host == "localhost") && !request.Direct {
		request.Host = "" // the distribution's own
	}
	// An ordinary request may come by HTTP/2.
	request.HTTP2 = r.ProtoMajor == 2 && r.Header.Get("Upgrade") != ""
	conn, report, err := h.model.Connect(h.open.ctx, request)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	w.Header().Set(headerReport, strconv.Itoa(h.log.add(report)))
	if report.Status != http.StatusSwitchingProtocols {
		refuse(w, report)
		return
	}
	client, ok := accept(w, r, report)
	if !ok {
		return // accept has answered
	}
	defer func() { _ = client.CloseNow() }()
	if conn == nil || !h.open.track(client) {
		return // the client has to give the connection up, or the server is closed
	}
	defer h.open.untrack(client)
	h.converse(client, conn)
}

// target is the path and the query string as they were sent.
func target(r *http.Request) string {
	if strings.HasPrefix(r.RequestURI, "/") {
		return r.RequestURI
	}
	path := r.URL.EscapedPath()
	if path == "" {
		path = "/"
	}
	if r.URL.RawQuery != "" {
		path += "?" + r.URL.RawQuery
	}
	return path
}

// refuse answers with the response of a refusal.
func refuse(w http.ResponseWriter, report *handshake.Report) {
	for name, values := range report.Header {
		w.Header()[http.CanonicalHeaderKey(name)] = values
	}
	refusal := report.Refusal
	fix := refusal.Fix
	if refusal.Place != "" {
		fix += " (" + refusal.Place + ")"
	}
	w.Header().Set(headerReason, trace.Printable(refusal.Reason))
	w.Header().Set(headerFix, trace.Printable(fix))
	w.Header().Set(headerRule, refusal.Rule.ID)
	status := refusal.Status
	if status == 0 {
		status = http.StatusNotImplemented // AWS has no status for what cannot be decided
	}
	w.WriteHeader(status)
	_, _ = w.Write(report.Body) // a client that is gone is no error
}

// accept answers with 101: by the headers that reached the API, so that what the edge
// dropped, such as Sec-WebSocket-Extensions, is not negotiated.
func accept(w http.ResponseWriter, r *http.Request, report *handshake.Report) (*websocket.Conn, bool) {
	atAPI := r.Clone(r.Context())
	atAPI.Header = http.Header{"Connection": {"Upgrade"}, "Upgrade": {"websocket"}}
	for name, values := range report.Event.MultiValueHeaders {
		atAPI.Header[http.CanonicalHeaderKey(name)] = values
	}
	for name, values := range report.Header {
		w.Header()[http.CanonicalHeaderKey(name)] = values
	}
	conn, err := websocket.Accept(w, atAPI, &websocket.AcceptOptions{InsecureSkipVerify: true})
	return conn, err == nil
}

// converse carries messages between a client and its connection until either ends.
func (h *handler) converse(client *websocket.Conn, conn *handshake.Connection) {
	ctx, cancel := context.WithCancel(h.open.ctx)
	sent := make(chan struct{})
	go func() {
		defer close(sent)
		defer cancel()
		for {
			message, err := conn.Receive(ctx)
			if err != nil || client.Write(ctx, websocket.MessageText, message) != nil {
				return
			}
		}
	}()
	client.SetReadLimit(rules.MaxMessage)
	for {
		_, message, err := client.Read(ctx)
		if err != nil {
			break
		}
		err = conn.Send(ctx, message)
		h.log.addNotes(conn.Notes())
		if err != nil {
			break
		}
	}
	cancel()
	<-sent
	_ = conn.Close()
}

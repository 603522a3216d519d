// Package handshaketest serves a handshake.Model on 127.0.0.1, so that any real client
// can connect: to the edge over TLS or in the clear, and to the API around it. It is to
// package handshake what net/http/httptest is to net/http.
package handshaketest

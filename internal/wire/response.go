package wire

import "net/http"

// Response is an HTTP response.
type Response struct {
	Status int
	Header http.Header
	Body   []byte
}

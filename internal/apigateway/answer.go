package apigateway

import (
	"fmt"
	"net/http"

	"github.com/websocket-distribution/websocket-distribution/internal/trace"
	"github.com/websocket-distribution/websocket-distribution/internal/wire"
)

// Unplayable is the status over the wire of a handshake that cannot be decided: AWS
// has none for it.
const Unplayable = http.StatusNotImplemented

// Answer is the response of API Gateway's own to a handshake that it refuses.
func Answer(refusal *trace.Refusal, id string) *wire.Response {
	status := refusal.Status
	if status == 0 {
		status = Unplayable
	}
	name, message := "BadRequestException", "Bad Request"
	switch {
	case status == 401:
		name, message = "UnauthorizedException", "Unauthorized"
	case status == 403:
		name, message = "ForbiddenException", "Forbidden"
	case status == 429:
		name, message = "LimitExceededException", "Too Many Requests"
	case status >= 500:
		name, message = "InternalServerErrorException", "Internal server error"
	}
	h := http.Header{}
	h.Set("Content-Type", "application/json")
	h.Set("X-Amzn-Errortype", name)
	h.Set("X-Amzn-Requestid", id)
	return &wire.Response{Status: status, Header: h, Body: failure(message, id)}
}

// failure is what API Gateway answers to a handshake or to a message.
func failure(message, id string) []byte {
	return fmt.Appendf(nil, `{"message": %q, "connectionId": %q, "requestId": %q}`, message, id, id)
}

// Command handler is the Lambda function behind the WebSocket API: it accepts
// connections by their path, and answers messages.
package main

import (
	"context"
	"log"
	"net/http"
	"net/netip"
	"strings"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
)

func main() { lambda.Start(handle) }

// handle answers the routes $connect and $default.
func handle(_ context.Context, request events.APIGatewayWebsocketProxyRequest) (events.APIGatewayProxyResponse, error) {
	if request.RequestContext.RouteKey != "$connect" {
		return events.APIGatewayProxyResponse{StatusCode: http.StatusOK, Body: request.Body}, nil
	}
	// What the viewer asked for, as the distribution's PathParameter brings it.
	room, found := strings.CutPrefix(request.QueryStringParameters["path"], "/rooms/")
	if !found || room == "" {
		return events.APIGatewayProxyResponse{StatusCode: http.StatusNotFound}, nil
	}
	from := "an unknown address"
	if address, known := viewerAddress(request); known {
		from = address.String()
	}
	log.Printf("%s from %s joins room %q", request.RequestContext.ConnectionID, from, room)
	return events.APIGatewayProxyResponse{StatusCode: http.StatusOK}, nil
}

// viewerAddress is the address of the client, for which the source address of the
// request cannot be taken: that is one of CloudFront's. CloudFront writes
// CloudFront-Viewer-Address, address:port, over whatever the client sent by that name;
// the distribution's Forwarding lists it. X-Forwarded-For, to which CloudFront and API
// Gateway append, begins with whatever the client sent, and is not read.
//
// It is false where the header is missing, or is not what CloudFront writes.
func viewerAddress(request events.APIGatewayWebsocketProxyRequest) (netip.Addr, bool) {
	var values []string
	for name, more := range request.MultiValueHeaders {
		if strings.EqualFold(name, "CloudFront-Viewer-Address") {
			values = append(values, more...)
		}
	}
	if len(values) != 1 {
		return netip.Addr{}, false
	}
	// An IPv6 address comes without brackets: the port is behind the last colon.
	colon := strings.LastIndex(values[0], ":")
	if colon < 0 {
		return netip.Addr{}, false
	}
	address, err := netip.ParseAddr(strings.Trim(values[0][:colon], "[]"))
	return address, err == nil
}

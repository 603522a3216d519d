// Command handler is the Lambda function behind the WebSocket API: it accepts
// connections by their path, and answers messages.
package main

import (
	"context"
	"log"
	"net/http"
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
	log.Printf("%s from %s joins room %s", request.RequestContext.ConnectionID, viewerAddress(request), room)
	return events.APIGatewayProxyResponse{StatusCode: http.StatusOK}, nil
}

// viewerAddress is the address of the client. The source address of the request
// is one of CloudFront's, which API Gateway puts at the end of X-Forwarded-For;
// CloudFront puts the viewer's before it. What precedes those is whatever the
// viewer sent, so it is not to be trusted.
func viewerAddress(request events.APIGatewayWebsocketProxyRequest) string {
	source := request.RequestContext.Identity.SourceIP
	forwarded := strings.Join(request.MultiValueHeaders["X-Forwarded-For"], ",")
	addresses := strings.FieldsFunc(forwarded, func(r rune) bool { return r == ',' || r == ' ' })
	if n := len(addresses); n > 0 && addresses[n-1] == source {
		addresses = addresses[:n-1]
	}
	if len(addresses) == 0 {
		return source
	}
	return addresses[len(addresses)-1]
}

package edge_test

import (
	"context"
	"log"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
)

// The $connect side of a behaviour with PathParameter "path": a viewer that
// connects to wss://ws.example.com/rooms/42 arrives with the path "/rooms/42".
func ExampleWebSocketBehaviorProps_connect() {
	lambda.Start(func(ctx context.Context, request events.APIGatewayWebsocketProxyRequest) (events.APIGatewayProxyResponse, error) {
		path := request.QueryStringParameters["path"] // "/rooms/42", as the viewer sent it
		if path == "/" {
			return events.APIGatewayProxyResponse{StatusCode: 404}, nil
		}
		log.Printf("%s joins %s", request.RequestContext.ConnectionID, path)
		return events.APIGatewayProxyResponse{StatusCode: 200}, nil
	})
}

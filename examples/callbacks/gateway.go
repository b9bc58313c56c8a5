package callbacks

import (
	"context"
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"

	"github.com/aws/aws-lambda-go/events"

	"github.com/issuing-sdk/issuing-go/webhook"
)

// onGateway is a function behind AWS API Gateway, with the payload format 2.0 and the route
// POST /callbacks/worldcard/{type}. Start it with lambda.Start.
func onGateway(
	handler *webhook.Handler,
) func(context.Context, events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error) {
	return func(ctx context.Context, in events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error) {
		body := []byte(in.Body)
		if in.IsBase64Encoded {
			var err error
			if body, err = base64.StdEncoding.DecodeString(in.Body); err != nil {
				return events.APIGatewayV2HTTPResponse{StatusCode: http.StatusBadRequest}, nil
			}
		}
		header := http.Header{}
		for name, value := range in.Headers {
			header.Set(name, value)
		}
		out := handler.Handle(ctx, &webhook.Request{
			Method: in.RequestContext.HTTP.Method, URL: &url.URL{Path: in.RawPath, RawQuery: in.RawQueryString},
			Header: header, Body: body, RemoteAddr: in.RequestContext.HTTP.SourceIP,
			Type: in.PathParameters["type"],
		})
		return gatewayAnswer(out), nil
	}
}

// gatewayAnswer is an answer as format 2.0 reads it, which has one text for each header.
func gatewayAnswer(out webhook.Answer) events.APIGatewayV2HTTPResponse {
	if out.Drop { // a gateway always answers: leave it no success to forward
		return events.APIGatewayV2HTTPResponse{StatusCode: http.StatusServiceUnavailable}
	}
	header := map[string]string{}
	for name, values := range out.Header {
		header[name] = strings.Join(values, ",")
	}
	return events.APIGatewayV2HTTPResponse{StatusCode: out.Status, Headers: header, Body: string(out.Body)}
}

package edge

import (
	_ "embed"
	"encoding/json"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudfront"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
)

// functionSource is the viewer-request function, the same text that its tests
// run.
//
//go:embed function.js
var functionSource string

// functionSettings is what function.js reads as SETTINGS.
type functionSettings struct {
	Prefix string `json:"prefix"`
}

// code is the source with its settings in place.
func (s functionSettings) code() string {
	settings, err := json.Marshal(s)
	if err != nil {
		panic(err) // a struct of strings always encodes
	}
	return strings.Replace(functionSource, "= SETTINGS;", "= "+string(settings)+";", 1)
}

// function makes the CloudFront Function id of scope.
func (s functionSettings) function(scope constructs.Construct, id string) awscloudfront.Function {
	return awscloudfront.NewFunction(scope, &id, &awscloudfront.FunctionProps{
		FunctionName: physicalName(scope, id),
		Comment:      jsii.String("WebSocket handshake: takes the path of the behaviour off"),
		Code:         awscloudfront.FunctionCode_FromInline(jsii.String(s.code())),
		Runtime:      awscloudfront.FunctionRuntime_JS_2_0(),
	})
}

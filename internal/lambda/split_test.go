package lambda

import "testing"

func TestNamesOfFunctionsAreTakenApart(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][2]string{
		"chat":      {"chat", ""},
		"chat:live": {"chat", "live"},
		"arn:aws:lambda:eu-west-1:123456789012:function:chat":      {"chat", ""},
		"arn:aws:lambda:eu-west-1:123456789012:function:chat:live": {"chat", "live"},
		"123456789012:function:chat":                               {"chat", ""},
		"function:chat:1":                                          {"chat", "1"},
		"":                                                         {"", ""},
	} {
		if name, qualifier := Split(text); name != want[0] || qualifier != want[1] {
			t.Errorf("%q: %q, %q, want %q", text, name, qualifier, want)
		}
	}
}

func TestTheFunctionOfAURI(t *testing.T) {
	t.Parallel()
	const arn = "arn:aws:lambda:eu-west-1:123456789012:function:chat:live"
	for uri, want := range map[string]string{
		"arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/" + arn + "/invocations": arn,
		"arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/" + arn:                  arn,
		arn: arn,
		"arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31":  "",
		"arn:aws:apigateway:eu-west-1:dynamodb:action/PutItem": "",
		"https://example.com": "",
		"arn:aws:states:eu-west-1:123456789012:stateMachine:lambda": "",
		"": "",
	} {
		if got := OfURI(uri); got != want {
			t.Errorf("%q: %q, want %q", uri, got, want)
		}
	}
}

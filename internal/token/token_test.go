package token_test

import (
	"regexp"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"github.com/websocket-distribution/websocket-distribution/internal/cdktest"
	"github.com/websocket-distribution/websocket-distribution/internal/token"
)

func TestMain(m *testing.M) { cdktest.Main(m) }

func resource(stack awscdk.Stack, id string) awscdk.CfnResource {
	return awscdk.NewCfnResource(stack, &id, &awscdk.CfnResourceProps{Type: jsii.String("Test::Test::Test")})
}

func TestPlainTextIsItsOwnName(t *testing.T) {
	for _, s := range []string{"", "ws.example.com", "${Token[", "${AWS::Region}"} {
		if got := token.Name(nil, s); got != s || token.Is(s) {
			t.Errorf("%q: got %q", s, got)
		}
	}
}

func TestATokenIsNamedByWhatItRefersTo(t *testing.T) {
	app := cdktest.NewApp(t)
	stack := awscdk.NewStack(app, jsii.String("One"), nil)
	other := awscdk.NewStack(app, jsii.String("Two"), nil)
	named := map[string]string{}
	for what, s := range map[string]*string{
		"a reference":                         resource(stack, "A").Ref(),
		"another reference":                   resource(stack, "B").Ref(),
		"an attribute":                        awscdk.Fn_GetAtt(jsii.String("A"), jsii.String("Arn")).ToString(),
		"text around a token":                 jsii.String("x-" + *stack.Region()),
		"text behind a token":                 jsii.String(*stack.Region() + "x-"),
		"the same logical id, another stack":  resource(other, "A").Ref(),
		"a parameter that stands for a value": awscdk.NewCfnParameter(stack, jsii.String("P"), nil).ValueAsString(),
	} {
		name := token.Name(stack, *s)
		if !regexp.MustCompile(`^[0-9a-f]{8}$`).MatchString(name) || !token.Is(*s) {
			t.Errorf("%s: want eight digits, got %q", what, name)
		}
		if first, taken := named[name]; taken {
			t.Errorf("%s and %s are both named %s", first, what, name)
		}
		named[name] = what
	}
}

func TestATokensNameDoesNotDependOnOtherTokens(t *testing.T) {
	name := func(before int) string {
		stack := cdktest.NewStack(t)
		for range before {
			_ = *awscdk.Fn_Join(jsii.String(""), jsii.Strings("x", *stack.Account()))
		}
		return token.Name(stack, *resource(stack, "A").Ref())
	}
	if first, second := name(0), name(7); first != second {
		t.Errorf("got %s and %s", first, second)
	}
}

package originlock

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigateway"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigatewayv2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudfront"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/websocket-distribution/websocket-distribution/internal/readback"
)

// bolt makes $connect ask for the key. It is an Aspect, because the route may be
// defined after the lock and by somebody else; and a validation that says what
// keeps the lock from holding, because an Aspect must not panic.
//
// It is an Aspect of the usage plan alone, and goes through the stacks when the
// CDK comes by: a call for each construct of a stack would be a round trip to the
// CDK's process for each.
type bolt struct {
	apiID                 string
	apiRef                string // in a template of the API's stack
	open, disableEndpoint bool
	// stacks are the lock's, that of the API, and those that Headers was called for.
	stacks []awscdk.Stack
	// secrets are references to the secrets, as in a template; planKeys go with them.
	secrets  []string
	planKeys []awsapigateway.CfnUsagePlanKey

	connects int
	apis     int
	problems []string
}

func (b *bolt) watch(stack awscdk.Stack) {
	if !slices.Contains(b.stacks, stack) {
		b.stacks = append(b.stacks, stack)
	}
}

// Visit is called by the CDK with the usage plan.
func (b *bolt) Visit(constructs.IConstruct) {
	b.apiRef = text(b.stacks[0].Resolve(&b.apiID))
	for i, stack := range b.stacks {
		b.visit(stack, i == 0)
	}
}

// visit goes through a stack. home is the lock's own.
func (b *bolt) visit(stack awscdk.Stack, home bool) {
	var distributions []awscloudfront.CfnDistribution
	var mappings []awsapigatewayv2.CfnApiMapping
	namesake := false
	for _, node := range *stack.Node().FindAll("") {
		switch n := node.(type) {
		case awsapigatewayv2.CfnRoute:
			if *n.RouteKey() == "$connect" && *n.ApiId() == b.apiID {
				b.connects++
				// In words even when it is false: CloudFormation does not reset what a
				// template stops naming.
				n.SetApiKeyRequired(!b.open)
			}
		case awsapigatewayv2.CfnApi:
			if *n.Ref() == b.apiID {
				b.api(n)
			} else if text(stack.Resolve(n.Ref())) == b.apiRef {
				namesake = true
			}
		case awsapigatewayv2.CfnApiMapping:
			mappings = append(mappings, n)
		case awscloudfront.CfnDistribution:
			distributions = append(distributions, n)
		}
	}
	if len(distributions) == 0 {
		return
	}
	names := b.customNames(stack, mappings)
	for _, d := range distributions {
		config := b.configOf(d)
		if home { // the other stacks are deployed after it
			b.order(d, config)
		}
		// Until the synthesis ends, a reference to an API of another stack looks like
		// one to an API of this stack that has the same logical id.
		if !namesake {
			b.checkOrigins(d, config, names)
		}
	}
}

func (b *bolt) problem(format string, args ...any) {
	if text := fmt.Sprintf(format, args...); !slices.Contains(b.problems, text) {
		b.problems = append(b.problems, text)
	}
}

func (b *bolt) api(api awsapigatewayv2.CfnApi) {
	b.apis++
	if source := api.ApiKeySelectionExpression(); source != nil && *source != "$request.header."+Header {
		b.problem("the API takes its key from %s, which CloudFront does not send; leave ApiKeySelectionExpression out", *source)
	}
	switch {
	case b.disableEndpoint:
		api.SetDisableExecuteApiEndpoint(true)
	case api.DisableExecuteApiEndpoint() == nil:
		// In words, as ApiKeyRequired.
		api.SetDisableExecuteApiEndpoint(false)
	}
}

// customNames are the custom domain names that the stack maps to the API, as they
// stand in a template.
func (b *bolt) customNames(stack awscdk.Stack, mappings []awsapigatewayv2.CfnApiMapping) []string {
	var names []string
	for _, mapping := range mappings {
		if *mapping.ApiId() == b.apiID {
			names = append(names, text(stack.Resolve(mapping.DomainName())))
		}
	}
	return names
}

// configOf is the configuration of d, empty with a warning where this version of
// the CDK does not show it.
func (b *bolt) configOf(d awscloudfront.CfnDistribution) map[string]any {
	config, err := readback.DistributionConfig(d)
	if err != nil {
		awscdk.Annotations_Of(d).AddWarningV2(
			jsii.String("websocket-distribution:unread"),
			jsii.Sprintf("cannot check that each origin that is the locked API sends %s: %v", Header, err),
		)
	}
	return config
}

// order lets a distribution that sends a key be updated only once the plan has it:
// CloudFormation knows of the secret alone, and would update both at once. One that
// cannot be read waits for every key, which does no harm.
func (b *bolt) order(d awscloudfront.CfnDistribution, config map[string]any) {
	whole := text(config)
	for i, secret := range b.secrets {
		if config == nil || strings.Contains(whole, secret) {
			d.AddResourceDependency(b.planKeys[i], jsii.String("the plan must have the key before viewers bring it"))
		}
	}
}

// checkOrigins looks at each origin of d that is the API: it should send the key,
// and be at an address that is on.
func (b *bolt) checkOrigins(d awscloudfront.CfnDistribution, config map[string]any, customNames []string) {
	origins, _ := config["origins"].([]any)
	for _, each := range origins {
		origin, _ := each.(map[string]any)
		host := text(origin["domainName"])
		atDefault := strings.Contains(host, b.apiRef+`,".execute-api.`)
		if !atDefault && !slices.Contains(customNames, host) {
			continue
		}
		if b.disableEndpoint && atDefault {
			b.problem("DisableDefaultEndpoint turns off the address that %s has as its origin; give that origin the API's custom domain name", *d.Node().Path())
		}
		if !sends(origin, Header) {
			awscdk.Annotations_Of(d).AddWarningV2(
				jsii.String("websocket-distribution:unlocked"),
				jsii.Sprintf("%s to the locked API without the header %s, so its viewers get 403; give its origin the lock's Headers as custom headers", behaviors(config, origin["id"]), Header),
			)
		}
	}
}

// text is a value of a template as one line of JSON, to be compared.
func text(value any) string {
	raw, _ := json.Marshal(value)
	return string(raw)
}

// sends reports whether CloudFront adds the header to each request to the origin.
func sends(origin map[string]any, header string) bool {
	headers, _ := origin["originCustomHeaders"].([]any)
	return slices.ContainsFunc(headers, func(each any) bool {
		h, _ := each.(map[string]any)
		name, _ := h["headerName"].(string)
		return strings.EqualFold(name, header)
	})
}

// behaviors names those that go to the origin of this id, and says that they go.
func behaviors(config map[string]any, origin any) string {
	var paths []string
	if standard, _ := config["defaultCacheBehavior"].(map[string]any); standard["targetOriginId"] == origin {
		paths = append(paths, "the default behavior")
	}
	further, _ := config["cacheBehaviors"].([]any)
	for _, each := range further {
		if behavior, _ := each.(map[string]any); behavior["targetOriginId"] == origin {
			paths = append(paths, fmt.Sprintf("the behavior for %q", behavior["pathPattern"]))
		}
	}
	if len(paths) == 0 {
		return "an origin without a behavior of its own goes"
	}
	if len(paths) == 1 {
		return paths[0] + " goes"
	}
	return strings.Join(paths, " and ") + " go"
}

// Validate is called by the CDK after the Aspects.
func (b *bolt) Validate() *[]*string {
	problems := b.problems
	if b.connects == 0 {
		problems = append(problems, "the API has no $connect route in the stack of its stage, so nothing asks for the key; add the route (AddRoute(\"$connect\", …)), or use Reference for an API whose routes are defined elsewhere")
	}
	if b.disableEndpoint && b.apis == 0 {
		problems = append(problems, "DisableDefaultEndpoint needs an API that this stack defines; turn the endpoint off where the API is defined")
	}
	return jsii.Strings(problems...)
}

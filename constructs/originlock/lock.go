package originlock

import (
	"fmt"
	"maps"
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigateway"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigatewayv2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssecretsmanager"
	"github.com/aws/aws-cdk-go/awscdk/v2/interfaces/interfacesawsapigatewayv2"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/websocket-distribution/websocket-distribution/internal/rules"
	"github.com/websocket-distribution/websocket-distribution/internal/token"
)

// Header is where API Gateway looks for an API key, unless the API was told
// otherwise (API Gateway Developer Guide, "Choose an API key source").
const Header = "x-api-key"

// keyLength is how long a generated key is; API Gateway takes 20 to 128
// characters, and no punctuation.
const keyLength = 40

// Props are the properties of a [Lock].
type Props struct {
	// Stage is the stage of the WebSocket API that clients connect to, whose routes
	// this app defines in the same stack. Required.
	Stage interfacesawsapigatewayv2.IStageRef

	// Keys are the names of the keys that the API accepts; each has a generated
	// value of its own. To rotate, add a name and make it Active in one deploy, and
	// remove the old name in the next. Do not change the value of a secret in place:
	// CloudFormation does not look again until the distribution changes for another
	// reason, and then sends a value that the API key does not have.
	//
	// Default: one key, "a".
	Keys []string

	// Active is the one of Keys that the distribution sends.
	//
	// Default: the first of Keys.
	Active string

	// Open makes the keys, the plan and the header while $connect does not ask for
	// the key. An API that has viewers is locked in two deploys, the first with Open
	// and the second without, and unlocked in two: the first with Open, the second
	// without the lock. Neither refuses a viewer.
	Open bool

	// Throttle limits the connects of all viewers together, since they share the
	// key: what goes beyond it gets 429.
	//
	// Default: none; the quota of the account holds.
	Throttle *Throttle

	// DisableDefaultEndpoint turns the execute-api address of the API off. It needs
	// a custom domain name of the API as the distribution's origin. The backend
	// then posts to clients by that name, too.
	DisableDefaultEndpoint bool
}

// Throttle is the limit of a usage plan.
type Throttle struct {
	// RatePerSecond is how many connects a second are accepted in the long run.
	RatePerSecond int
	// Burst is how many may come at once.
	Burst int
}

// Validate reports everything that is wrong with the props, one problem a line,
// or nil. Tokens are not checked.
func (p *Props) Validate() error {
	if p == nil {
		p = &Props{}
	}
	var problems rules.Problems
	if p.Stage == nil {
		problems.Addf("Stage", "is required; pass the stage of an API of this app, or use Reference for an API that lives elsewhere")
	}
	plain := rules.Lock{Keys: p.Keys, Active: p.Active}
	if t := p.Throttle; t != nil {
		plain.Throttle = &rules.Throttle{RatePerSecond: t.RatePerSecond, Burst: t.Burst}
	}
	return append(problems, plain.Problems(rules.AllKnown)...).Err("")
}

func (p *Props) keys() []string {
	if len(p.Keys) == 0 {
		return []string{rules.DefaultLockKey}
	}
	return p.Keys
}

// Lock is an origin lock: secrets, API keys of their values, and a usage plan on
// the stage that holds them.
//
// That API Gateway accepts a key as soon as CloudFormation has made it is inferred;
// a distribution takes minutes longer to send it.
//
// A route $connect of the API gets ApiKeyRequired, whoever defined it and when;
// the synthesis fails if there is none. A distribution of the same stack that
// sends the key is updated only once the plan has it, one of another stack is
// deployed after it. For one in a nested stack, make that depend on the lock. An
// origin of such a distribution that is the API and sends no key gets a warning.
//
// Child ids: UsagePlan; Secret-, ApiKey- and PlanKey- with the name of the key.
type Lock struct {
	constructs.Construct
	stack   awscdk.Stack
	plan    awsapigateway.CfnUsagePlan
	secrets map[string]awssecretsmanager.CfnSecret
	refs    map[string]string // of the secrets
	active  string
	bolt    *bolt
	// exported says that the secrets are exported to other stacks.
	exported bool
}

// New defines the lock in scope, which must be in the region of the API. It panics
// with the text of props.Validate before it defines anything.
func New(scope constructs.Construct, id string, props *Props) *Lock {
	problem := props.Validate()
	stack := awscdk.Stack_Of(scope)
	if problem == nil {
		problem = sameRegion(stack, props.Stage)
	}
	if problem != nil {
		panic(fmt.Errorf("Lock %q: %w", id, problem))
	}
	l := &Lock{stack: stack, secrets: map[string]awssecretsmanager.CfnSecret{}, refs: map[string]string{}, active: props.Active}
	constructs.NewConstruct_Override(l, scope, &id)
	keys := props.keys()
	if l.active == "" {
		l.active = keys[0]
	}
	ref := props.Stage.StageRef()
	l.plan = awsapigateway.NewCfnUsagePlan(l, jsii.String("UsagePlan"), props.usagePlan(*ref.ApiId, *ref.StageName))
	// The plan names the stage by text, so CloudFormation would not wait for it.
	l.plan.Node().AddDependency(props.Stage)
	l.bolt = &bolt{apiID: *ref.ApiId, open: props.Open, disableEndpoint: props.DisableDefaultEndpoint, stacks: []awscdk.Stack{l.stack}}
	for _, name := range keys {
		l.key(name)
	}
	l.warnOfDeployments(props.Stage)
	l.bolt.watch(awscdk.Stack_Of(props.Stage))
	awscdk.Aspects_Of(l.plan).Add(l.bolt, &awscdk.AspectOptions{Priority: awscdk.AspectPriority_MUTATING()})
	l.Node().AddValidation(l.bolt)
	return l
}

// sameRegion refuses a lock beside the API: an API key and a usage plan are in the
// region of the stage.
func sameRegion(stack awscdk.Stack, stage interfacesawsapigatewayv2.IStageRef) error {
	own, api := *stack.Region(), *stage.Env().Region
	if token.Is(own) || token.Is(api) || own == api {
		return nil
	}
	return fmt.Errorf("%s is in %s and the lock's stack in %s; define the lock in the stack of the API", "Stage", api, own)
}

// usagePlan is where the plan's Go values become those of the CDK.
func (p *Props) usagePlan(apiID, stage string) *awsapigateway.CfnUsagePlanProps {
	plan := &awsapigateway.CfnUsagePlanProps{
		Description: jsii.String("Holds the keys by which CloudFront is let in"),
		ApiStages:   []any{&awsapigateway.CfnUsagePlan_ApiStageProperty{ApiId: &apiID, Stage: &stage}},
	}
	if p.Throttle != nil {
		plan.Throttle = &awsapigateway.CfnUsagePlan_ThrottleSettingsProperty{
			RateLimit:  jsii.Number(p.Throttle.RatePerSecond),
			BurstLimit: jsii.Number(p.Throttle.Burst),
		}
	}
	return plan
}

// key defines the secret, the API key and the plan key of a name.
func (l *Lock) key(name string) {
	secret := awssecretsmanager.NewCfnSecret(l, jsii.String("Secret-"+name), &awssecretsmanager.CfnSecretProps{
		Description: jsii.String("Key " + name + " by which CloudFront is let into the WebSocket API"),
		GenerateSecretString: &awssecretsmanager.CfnSecret_GenerateSecretStringProperty{
			PasswordLength:     jsii.Number(keyLength),
			ExcludePunctuation: jsii.Bool(true),
		},
	})
	ref := *secret.Ref()
	l.secrets[name], l.refs[name] = secret, ref
	key := awsapigateway.NewCfnApiKey(l, jsii.String("ApiKey-"+name), &awsapigateway.CfnApiKeyProps{
		Description: jsii.String("Key " + name + " by which CloudFront is let in"),
		Enabled:     jsii.Bool(true),
		Value:       jsii.String(secretReference(ref, "")),
	})
	planKey := awsapigateway.NewCfnUsagePlanKey(l, jsii.String("PlanKey-"+name), &awsapigateway.CfnUsagePlanKeyProps{
		KeyId:       key.Ref(),
		KeyType:     jsii.String("API_KEY"),
		UsagePlanId: l.plan.Ref(),
	})
	l.bolt.secrets = append(l.bolt.secrets, text(l.stack.Resolve(&ref)))
	l.bolt.planKeys = append(l.bolt.planKeys, planKey)
}

// warnOfDeployments warns where a change of $connect does not reach the stage by
// itself.
func (l *Lock) warnOfDeployments(stage interfacesawsapigatewayv2.IStageRef) {
	l1, ok := stage.(awsapigatewayv2.CfnStage)
	if child := stage.Node().DefaultChild(); !ok && child != nil {
		l1, ok = child.(awsapigatewayv2.CfnStage)
	}
	if auto, _ := autoDeploy(l1, ok).(bool); ok && !auto {
		awscdk.Annotations_Of(l).AddWarningV2(jsii.String("websocket-distribution:deployment"),
			jsii.String("the stage has no AutoDeploy, so $connect asks for the key only after its next deployment; set AutoDeploy, or make a new deployment"))
	}
}

func autoDeploy(stage awsapigatewayv2.CfnStage, ok bool) any {
	if !ok {
		return nil
	}
	return stage.AutoDeploy()
}

// Headers returns what the distribution has to send, for edge.OriginProps.CustomHeaders:
// the header x-api-key, and a dynamic reference to the active key's secret.
//
// distribution is the distribution's scope. It panics if that is known to be in
// another region than the secret, because CloudFormation resolves a dynamic
// reference in the region of the stack that holds it.
func (l *Lock) Headers(distribution constructs.Construct) map[string]string {
	stack := awscdk.Stack_Of(distribution)
	if stack == l.stack {
		return l.headers()
	}
	own, theirs := *l.stack.Region(), *stack.Region()
	if !token.Is(own) && !token.Is(theirs) && own != theirs {
		panic(fmt.Errorf("Lock %q: its secrets are in %s and the distribution's stack is in %s, where CloudFormation would look for them; define the distribution in %s, or replicate a secret of your own to %s and use Reference",
			*l.Node().Id(), own, theirs, own, theirs))
	}
	l.bolt.watch(stack)
	if !l.exported {
		l.exported = true
		// A deploy of a rotation updates this stack first. Were only the active key
		// exported, it would take away the export of the former one, which the
		// distribution still imports, and CloudFormation would refuse it.
		for _, name := range slices.Sorted(maps.Keys(l.refs)) {
			l.stack.ExportValue(jsii.String(l.refs[name]), nil)
		}
	}
	return l.headers()
}

func (l *Lock) headers() map[string]string {
	return map[string]string{Header: secretReference(l.refs[l.active], "")}
}

// Active returns the name of the key that the distribution sends.
func (l *Lock) Active() string { return l.active }

// Secret returns the secret of a key, nil where there is none of that name.
func (l *Lock) Secret(key string) awssecretsmanager.CfnSecret { return l.secrets[key] }

// UsagePlan returns the plan that holds the keys.
func (l *Lock) UsagePlan() awsapigateway.CfnUsagePlan { return l.plan }

package accesslog

import (
	"encoding/json"
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigateway"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigatewayv2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/interfaces/interfacesawsapigatewayv2"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/websocket-distribution/websocket-distribution/internal/rules"
)

// AccountRole says who sees to the role by which API Gateway writes logs. There is
// one for each account and region, for all APIs there, and without it a stage with
// a log cannot be deployed: "CloudWatch Logs role ARN must be set in account
// settings to enable logging".
type AccountRole string

const (
	// RoleExists leaves the role of the account and region as it is.
	RoleExists AccountRole = "exists"
	// MakeRole makes the role and sets it for the account and region, in place of
	// one that may be there. It stays when the stack is deleted, because other APIs
	// may have come to need it.
	MakeRole AccountRole = "make"
)

// AccountRoles are the values of [AccountRole].
func AccountRoles() []string { return []string{string(RoleExists), string(MakeRole)} }

// StageLogProps are the properties of a [StageLog].
type StageLogProps struct {
	// Stage is the stage to log: a WebSocketStage or CfnStage of this app. Required.
	Stage interfacesawsapigatewayv2.IStageRef

	// AccountRole says who sees to the role by which API Gateway writes logs.
	// Required, because one answer fails where there is no role, and the other
	// changes the whole account and region.
	AccountRole AccountRole

	// RetentionDays is for how long the log is kept; CloudWatch Logs knows certain
	// numbers, such as 30, 90, 365.
	//
	// Default: 90.
	RetentionDays int
}

// Validate reports everything that is wrong with the props, one problem a line, or
// nil.
func (p *StageLogProps) Validate() error {
	if p == nil {
		p = &StageLogProps{}
	}
	var problems rules.Problems
	switch {
	case p.Stage == nil:
		problems.Addf("Stage", "is required; pass the stage to log")
	case p.stage() == nil:
		problems.Addf("Stage", "must be one that this app defines, got an imported one; log it where it is defined")
	}
	return append(problems, rules.StageLog{AccountRole: string(p.AccountRole), RetentionDays: p.RetentionDays}.Problems()...).Err("")
}

// stage is the L1 of the stage, nil if there is none.
func (p *StageLogProps) stage() awsapigatewayv2.CfnStage {
	if stage, ok := p.Stage.(awsapigatewayv2.CfnStage); ok {
		return stage
	}
	if child := p.Stage.Node().DefaultChild(); child != nil {
		stage, _ := child.(awsapigatewayv2.CfnStage)
		return stage
	}
	return nil
}

// StageLog is the access log of a stage of a WebSocket API: a line of JSON for each
// connect, message and disconnect, with the reason of an error and without what was
// sent.
//
// When the log is removed from the app, expect the stage to go on writing to the log
// group, which stays: CloudFormation does not reset what a template stops naming on
// these resources, and no value of AccessLogSettings is documented to mean none. End
// it with aws apigatewayv2 delete-access-log-settings.
//
// Child ids: LogGroup; Role and Account with [MakeRole].
type StageLog struct {
	constructs.Construct
	logGroup awslogs.CfnLogGroup
}

// stageFields are the variables of a line (API Gateway Developer Guide, "Configure
// logging for WebSocket APIs").
var stageFields = map[string]string{
	"requestTime":      "$context.requestTime",
	"requestId":        "$context.requestId",
	"connectionId":     "$context.connectionId",
	"eventType":        "$context.eventType",
	"routeKey":         "$context.routeKey",
	"status":           "$context.status",
	"ip":               "$context.identity.sourceIp",
	"error":            "$context.error.message",
	"authorizerError":  "$context.authorizer.error",
	"integrationError": "$context.integrationErrorMessage",
}

// NewStageLog defines the log in scope and sets it on the stage. It panics with the
// text of props.Validate before it defines anything.
func NewStageLog(scope constructs.Construct, id string, props *StageLogProps) *StageLog {
	if err := props.Validate(); err != nil {
		panic(fmt.Errorf("StageLog %q: %w", id, err))
	}
	s := &StageLog{}
	constructs.NewConstruct_Override(s, scope, &id)
	days := props.RetentionDays
	if days == 0 {
		days = DefaultRetentionDays
	}
	s.logGroup = newLogGroup(s, days)
	format, err := json.Marshal(stageFields)
	if err != nil {
		panic(err) // a map of strings
	}
	stage := props.stage()
	stage.SetAccessLogSettings(&awsapigatewayv2.CfnStage_AccessLogSettingsProperty{
		DestinationArn: s.logGroup.AttrArn(),
		Format:         jsii.String(string(format)),
	})
	if props.AccountRole == MakeRole {
		stage.Node().AddDependency(s.account())
	}
	return s
}

// LogGroup returns where the log goes.
func (s *StageLog) LogGroup() awslogs.CfnLogGroup { return s.logGroup }

func (s *StageLog) account() awsapigateway.CfnAccount {
	role := awsiam.NewCfnRole(s, jsii.String("Role"), &awsiam.CfnRoleProps{
		Description: jsii.String("API Gateway writes its logs by it, for all APIs of the account in the region"),
		AssumeRolePolicyDocument: map[string]any{
			"Version": "2012-10-17",
			"Statement": []any{map[string]any{
				"Effect": "Allow", "Action": "sts:AssumeRole",
				"Principal": map[string]any{"Service": "apigateway.amazonaws.com"},
			}},
		},
		// The policy that AWS documents; API Gateway checks the role when it is set.
		ManagedPolicyArns: &[]any{awscdk.Stack_Of(s).FormatArn(&awscdk.ArnComponents{
			Service: jsii.String("iam"), Region: jsii.String(""), Account: jsii.String("aws"),
			Resource: jsii.String("policy/service-role"), ResourceName: jsii.String("AmazonAPIGatewayPushToCloudWatchLogs"),
		})},
	})
	account := awsapigateway.NewCfnAccount(s, jsii.String("Account"), &awsapigateway.CfnAccountProps{CloudWatchRoleArn: role.AttrArn()})
	role.ApplyRemovalPolicy(awscdk.RemovalPolicy_RETAIN, nil)
	account.ApplyRemovalPolicy(awscdk.RemovalPolicy_RETAIN, nil)
	return account
}

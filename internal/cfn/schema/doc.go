// Package schema knows what AWS accepts as the properties of a CloudFormation
// resource: which there are, of which kind, within which limits, which tie to
// which, and which replace the resource when they change.
//
// The facts are AWS's own provider schemas, trimmed to what can be checked and
// embedded as schemas.json. They cover every type that a WebSocket handshake can
// meet or that the constructs of this module create. What those schemas lack, and
// where they are stricter than AWS, is in supplement.json, each entry with its
// source. The package knows no service and no template: [Check] judges one
// resource's properties and is silent about everything it cannot see.
//
// To take over newer schemas, name directories that hold them, the newest last:
//
//	go run ./internal/cfn/schema/generate -from DIR [-from LABEL=DIR]
//
// A directory is the module github.com/aws-cloudformation/rain in the module
// cache, AWS's CloudformationSchema.zip unpacked, or data/schemas of an installed
// cfn-lint. [Sources] says what the embedded facts were made from.
//
// https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-schema.html
package schema

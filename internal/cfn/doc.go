// Package cfn reads CloudFormation templates: parameters, conditions, intrinsic
// functions, and the properties of resources one by one, so that a value that is
// known only after the deploy hides no other. It knows no service: what a service
// would name its resources is told to it (see [Names]).
package cfn

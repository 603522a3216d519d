// Package publicapi holds no code: its tests write down what the packages for
// importers export, and hold their documentation complete. They read source and
// start no CDK.
package publicapi

// Package architecture holds the tests of how the packages, and the files of each,
// depend on one another: arrows point one way, so that a reader can go down.
package architecture

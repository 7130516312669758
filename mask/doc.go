// Package mask hides secrets in streams, such as a log or the output of a child process.
//
// A [Set] holds the values to hide. A [Writer] hides them on their way to another
// writer, in every form in which programs print them: unchanged, in base64,
// hexadecimal, JSON and so on. docs/mask-and-scan.md has the list. [Provider] and
// [Backend] put each value that a service reads into the set, so that secrets don't
// have to be listed by hand.
//
// Masking is a safety net for programs that print secrets by mistake. It does not
// replace care: it can't find a value that is compressed, encrypted, cut in two by
// other text, or shorter than [Options].MinLength.
package mask

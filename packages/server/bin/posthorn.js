#!/usr/bin/env node
// Committed rather than built: npm makes no link for a bin that does not exist yet when it installs.
import '../dist/main.js'

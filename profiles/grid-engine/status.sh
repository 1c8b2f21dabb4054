#!/usr/bin/env bash
# Prints the status of Grid Engine's job $1: running, success or failed.
if qstat -j "$1" >/dev/null 2>&1; then
    echo running
    exit
fi
# The record of a job that has just ended appears with a delay.
for _ in {1..30}; do
    exit_status=$(qacct -j "$1" 2>/dev/null | awk '$1 == "exit_status" {print $2}' | tail -n 1)
    [ -n "$exit_status" ] && break
    sleep 1
done
[ "$exit_status" = 0 ] && echo success || echo failed

/* SPDX-License-Identifier: Apache-2.0 */
/* A preload that does nothing: what the loader does for any. */
__attribute__((constructor)) static void nothing(void)
{
}
